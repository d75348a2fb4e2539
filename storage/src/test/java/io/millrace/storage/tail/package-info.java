/** Tests of {@code storage.tail}. */
@NullMarked
package io.millrace.storage.tail;

import org.jspecify.annotations.NullMarked;
