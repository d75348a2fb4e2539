/** Rules that hold over all shipped classes: direction, the outside world, names. Entry type: ArchitectureTest. No owner. */
@NullMarked
package io.millrace.architecture;

import org.jspecify.annotations.NullMarked;
