/** Tests of {@code storage.observer}. */
@NullMarked
package io.millrace.storage.observer;

import org.jspecify.annotations.NullMarked;
