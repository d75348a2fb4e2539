/** Tests of {@code storage.epoch}. */
@NullMarked
package io.millrace.storage.epoch;

import org.jspecify.annotations.NullMarked;
