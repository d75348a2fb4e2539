/** Tests of {@code storage.append}. */
@NullMarked
package io.millrace.storage.append;

import org.jspecify.annotations.NullMarked;
