/**
 * The four compression formats of a record batch, read and written as Kafka's clients do.
 *
 * <p>Entry type: {@link io.millrace.protocol.compress.Codec}. Reading is a stream with a fixed amount of memory whatever
 * the input declares about itself, under {@link io.millrace.protocol.compress.DecompressionLimits}; writing makes one
 * frame per batch.
 *
 * <p>Owner: whoever creates a compressor or decompressor; one thread at a time, reusable, closed to free native memory.
 */
@NullMarked
package io.millrace.protocol.compress;

import org.jspecify.annotations.NullMarked;
