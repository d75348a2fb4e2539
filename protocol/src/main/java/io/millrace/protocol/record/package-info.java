/**
 * Kafka's record batch, format version 2 (magic 2): reading it in place, checking one that a client sent, building one.
 *
 * <p>Entry types: {@link io.millrace.protocol.record.RecordBatchView} (the header, in place),
 * {@link io.millrace.protocol.record.BatchValidator} (the check at append),
 * {@link io.millrace.protocol.record.RecordCursor} (records for consumers),
 * {@link io.millrace.protocol.record.RecordBatchBuilder} (batches from producers and tests).
 *
 * <p>Owner: whoever creates an object; nothing here is shared between threads or keeps global state. Everything works on
 * {@link java.nio.ByteBuffer}, direct or heap, big endian; {@code ByteBuf} does not appear.
 */
@NullMarked
package io.millrace.protocol.record;

import org.jspecify.annotations.NullMarked;
