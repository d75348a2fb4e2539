@NullMarked
package io.millrace.tools.shell;

import org.jspecify.annotations.NullMarked;
