/** Tests of {@code storage.journal}. */
@NullMarked
package io.millrace.storage.journal;

import org.jspecify.annotations.NullMarked;
