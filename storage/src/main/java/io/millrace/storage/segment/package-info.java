/**
 * A log's bytes in files: raw record batches, a sparse index beside them, and for sealed segments one {@code .side} file of
 * checksummed sections. Entry types: {@link io.millrace.storage.segment.ActiveSegment} (writes) and
 * {@link io.millrace.storage.segment.OpenSegment} (reads), both in lane jobs;
 * {@link io.millrace.storage.segment.OpenSegments} belongs to the shard loop of the log.
 *
 * <pre>
 *  00000000000000000042.log    record batches exactly as Kafka lays them out, base offset 42
 *  00000000000000000042.idx    entries of the active segment, appended unsynced
 *  00000000000000000042.side   of the sealed segment: index, epochs, producers, digest
 *  *.cleaned                   being written by compaction; removed when found at start
 *  base-end.swap               compacted, to take the place of all segments from base to end; a start ends that
 *  *.scrub                     being made again by the scrubber; removed when found at start
 *  *.tmp                       being written; removed when found at start
 *  *.deleted                   renamed before removal; removed when found at start
 * </pre>
 */
@NullMarked
package io.millrace.storage.segment;

import org.jspecify.annotations.NullMarked;
