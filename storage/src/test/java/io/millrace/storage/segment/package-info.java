/** Tests of {@code storage.segment}. */
@NullMarked
package io.millrace.storage.segment;

import org.jspecify.annotations.NullMarked;
