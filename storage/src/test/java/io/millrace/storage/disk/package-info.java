/** Tests of the real disk. */
@NullMarked
package io.millrace.storage.disk;

import org.jspecify.annotations.NullMarked;
