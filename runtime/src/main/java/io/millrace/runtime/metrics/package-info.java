/**
 * What code on a hot path counts into without locks, allocation or look-ups. Entry type: {@link
 * io.millrace.runtime.metrics.Distribution}. Owner: whoever owns the code that counts; read on the same loop.
 */
@NullMarked
package io.millrace.runtime.metrics;

import org.jspecify.annotations.NullMarked;
