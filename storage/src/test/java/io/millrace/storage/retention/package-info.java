/** Tests of {@code storage.retention}. */
@NullMarked
package io.millrace.storage.retention;

import org.jspecify.annotations.NullMarked;
