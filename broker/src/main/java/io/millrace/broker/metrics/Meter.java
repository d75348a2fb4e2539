package io.millrace.broker.metrics;

import java.util.List;

/**
 * Every metric of the broker, in the order of the reference page, which is made from this table; those of the JVM come from
 * Micrometer's binders. Base units: seconds and bytes.
 */
public enum Meter {
    // What runs.
    BUILD_INFO(Type.GAUGE, "millrace_build_info", "Always 1; its labels say what runs", "version", "java"),
    READY(Type.GAUGE, "millrace_ready", "1 when /health/ready answers 200, else 0"),
    START(
            Type.GAUGE,
            "millrace_start_seconds",
            "How long each phase of the start took; total up to the first answer to a client",
            "phase"),
    LOOP_TASK_FAILURES(
            Type.COUNTER,
            "millrace_loop_task_failures_total",
            "Tasks of event loops that threw; each is a fault of the broker and has its log line"),
    SCRAPE_SILENT_LOOPS(
            Type.GAUGE,
            "millrace_scrape_silent_loops",
            "Event loops that did not answer this scrape within 2 s: their share is missing in it"),
    RESIDENT_MEMORY(
            Type.GAUGE,
            "process_resident_memory_bytes",
            "Memory of the machine that this process holds; 0 where the system does not tell"),
    RESIDENT_PARTS(
            Type.GAUGE,
            "millrace_process_resident_bytes",
            "The same by kind: anonymous (heap, stacks, buffers) and file (pages of mapped files, which the system may take back)",
            "kind"),
    NETWORK_BUFFERS(
            Type.GAUGE, "millrace_network_buffer_bytes", "Direct memory that the pool of network buffers holds"),
    // The admin port.
    ADMIN_ANSWERS(
            Type.COUNTER, "millrace_admin_answers_total", "Answers of the admin port, by class of status", "status"),
    ADMIN_CONNECTIONS(Type.GAUGE, "millrace_admin_open_connections", "Connections to the admin port open now"),
    ADMIN_REFUSED(
            Type.COUNTER,
            "millrace_admin_connections_refused_total",
            "Connections to the admin port closed at once because all were busy"),
    ADMIN_TIMEOUTS(
            Type.COUNTER,
            "millrace_admin_timeouts_total",
            "Connections to the admin port closed because the client was too slow"),
    // Connections and bytes of clients.
    OPEN_CONNECTIONS(Type.GAUGE, "millrace_network_open_connections", "Client connections open now"),
    CONNECTIONS_OPENED(Type.COUNTER, "millrace_network_connections_opened_total", "Client connections accepted"),
    CONNECTIONS_CLOSED(
            Type.COUNTER,
            "millrace_network_connections_closed_total",
            "Client connections closed, or refused by a limit, by reason",
            "reason"),
    ACCEPT_FAILURES(
            Type.COUNTER,
            "millrace_network_accept_failures_total",
            "Connections that the system could not give, e.g. for want of file descriptors"),
    RECEIVED(Type.COUNTER, "millrace_network_received_bytes_total", "Bytes read from clients, frame lengths included"),
    SENT(Type.COUNTER, "millrace_network_sent_bytes_total", "Bytes given to clients' sockets"),
    REQUESTS(Type.COUNTER, "millrace_network_requests_total", "Whole requests received"),
    IN_FLIGHT_REQUESTS(
            Type.GAUGE,
            "millrace_network_in_flight_requests",
            "Requests whose answer is not on its way, long polls included"),
    IN_FLIGHT_BYTES(Type.GAUGE, "millrace_network_in_flight_bytes", "Bytes of requests that are not completed"),
    READ_PAUSES(
            Type.COUNTER, "millrace_network_read_pauses_total", "How often reading from a client stopped at a bound"),
    BUDGET_USED(
            Type.GAUGE,
            "millrace_network_budget_used_bytes",
            "Memory taken by whole requests (requests) and by half-received ones (receiving)",
            "budget"),
    BUDGET_LIMIT(
            Type.GAUGE,
            "millrace_network_budget_limit_bytes",
            "The bound of each of the two; at it clients are not read",
            "budget"),
    // Requests.
    REQUEST_PHASE(
            Type.HISTOGRAM,
            "millrace_request_phase_seconds",
            "Time of answered requests by phase: queue (last byte read until a handler has it), handle (decoding and handler), sync (until what the answer says is there: the journal's sync, the other shards, for a fetch records or the end of its wait), answer (its turn, until its last byte is given to the socket)",
            "api",
            "phase"),
    REQUEST_ERRORS(
            Type.COUNTER,
            "millrace_request_errors_total",
            "Error codes in answers, each place in an answer counted",
            "api",
            "code"),
    DECODE_REJECTS(
            Type.COUNTER,
            "millrace_decode_rejects_total",
            "What clients sent and could not be read, by cause: of a frame, a request, or (batch_...) a record batch",
            "cause"),
    // Traffic and logs, by topic.
    IN_BYTES(Type.COUNTER, "millrace_topic_in_bytes_total", "Bytes of record batches appended", "topic"),
    IN_RECORDS(Type.COUNTER, "millrace_topic_in_records_total", "Records appended", "topic"),
    OUT_BYTES(Type.COUNTER, "millrace_topic_out_bytes_total", "Bytes of record batches taken for consumers", "topic"),
    OUT_RECORDS(
            Type.COUNTER,
            "millrace_topic_out_records_total",
            "Offsets that those bytes cover from the one asked for on: records, and what compaction took",
            "topic"),
    TOPIC_LOG(Type.GAUGE, "millrace_topic_log_bytes", "Bytes of record batches in the logs", "topic"),
    TOPIC_PARTITIONS(Type.GAUGE, "millrace_topic_partitions", "Partitions on this broker", "topic"),
    LOG_START(Type.GAUGE, "millrace_log_start_offset", "First offset of the log", "topic", "partition"),
    LOG_END(Type.GAUGE, "millrace_log_end_offset", "Offset of the next record", "topic", "partition"),
    // Produce.
    CHECKS_WAITING(
            Type.GAUGE,
            "millrace_batch_checks_waiting",
            "Appends in line behind large compressed batches that are looked into now"),
    CHECKS(
            Type.COUNTER,
            "millrace_batch_checks_total",
            "Large compressed batches that were looked into beside the event loops"),
    APPENDS_WAITING(Type.GAUGE, "millrace_append_queue_waiting", "Appends that wait for room in the tail now"),
    APPEND_WAITS(
            Type.COUNTER,
            "millrace_append_queue_waits_total",
            "Appends that had to wait because the tail was full: the disk is slower than the producers"),
    APPENDS_EXPIRED(
            Type.COUNTER, "millrace_append_queue_expired_total", "Of those, refused because their timeout was over"),
    PRODUCE_EXPIRED(
            Type.COUNTER,
            "millrace_produce_expired_total",
            "Appends that were not as durable as asked when their timeout was over"),
    PRODUCE_DUPLICATES(
            Type.COUNTER,
            "millrace_produce_duplicates_total",
            "Batches of idempotent producers that the log held already"),
    REPLICAS_FENCED(
            Type.COUNTER,
            "millrace_replicas_fenced_total",
            "Replicas that stopped leading because their log failed or an invariant broke"),
    // Memory of the tails.
    TAIL_USED(Type.GAUGE, "millrace_tail_used_bytes", "Memory of the newest records of all logs"),
    TAIL_ALLOCATED(Type.GAUGE, "millrace_tail_allocated_bytes", "The same with what is kept for reuse"),
    TAIL_LIMIT(Type.GAUGE, "millrace_tail_limit_bytes", "The bound of both"),
    TAIL_REFUSALS(Type.COUNTER, "millrace_tail_refusals_total", "How often that memory was refused at the bound"),
    TAIL_LENT(
            Type.GAUGE, "millrace_tail_lent_bytes", "Memory of the same that clients' sockets hold; a quarter at most"),
    TAIL_LOAN_REFUSALS(
            Type.COUNTER,
            "millrace_tail_loan_refusals_total",
            "How often records were copied to be sent because sockets held that much"),
    TAIL_MOVED(
            Type.COUNTER,
            "millrace_tail_moved_bytes_total",
            "Bytes of answers that move from memory to a segment because their clients read slowly"),
    TAIL_LOST(
            Type.COUNTER,
            "millrace_tail_lost_slices_total",
            "Pieces of answers that a truncation or a deletion took away before they were sent: their connections close"),
    TAIL_ALLOCATION_FAILURES(
            Type.COUNTER,
            "millrace_tail_allocation_failures_total",
            "How often the process had no direct memory left below the bound: MaxDirectMemorySize is too small"),
    // Journal and segments.
    JOURNAL_SYNC(Type.HISTOGRAM, "millrace_journal_sync_seconds", "Time of one write and sync of a journal"),
    JOURNAL_SYNC_BYTES(Type.HISTOGRAM, "millrace_journal_sync_bytes", "What one sync of a journal covers"),
    JOURNAL_RUNNING_SYNC(
            Type.MAXIMUM,
            "millrace_journal_running_sync_seconds",
            "How long the oldest running sync takes already; 0 when none runs"),
    JOURNAL_FILE_WAITS(
            Type.COUNTER,
            "millrace_journal_file_waits_total",
            "How often appends waited because segments still needed every journal file"),
    UNWRITTEN(
            Type.GAUGE,
            "millrace_journal_unwritten_bytes",
            "Record batches that are in a journal and in no segment yet"),
    OPEN_SEGMENTS(Type.GAUGE, "millrace_open_segments", "Segments kept open for readers"),
    OPEN_SEGMENT_EVICTIONS(
            Type.COUNTER, "millrace_open_segment_evictions_total", "Segments closed to make room for others"),
    REMOVED_SEGMENTS(
            Type.COUNTER,
            "millrace_retention_removed_segments_total",
            "Segments removed because they lay below the start of their log"),
    REMOVED_BYTES(Type.COUNTER, "millrace_retention_removed_bytes_total", "Bytes of those segments"),
    COMPACTION_PASSES(
            Type.COUNTER, "millrace_compaction_passes_total", "Compactions of a log that ended as they should"),
    COMPACTION_FAILURES(
            Type.COUNTER,
            "millrace_compaction_failures_total",
            "Compactions that a fault ended: a full disk, a damaged segment"),
    COMPACTION_SECONDS(
            Type.COUNTER,
            "millrace_compaction_seconds_total",
            "Time in compactions, waits for their byte rate included"),
    COMPACTION_READ(Type.COUNTER, "millrace_compaction_read_bytes_total", "What compaction read"),
    COMPACTION_WRITTEN(Type.COUNTER, "millrace_compaction_written_bytes_total", "What compaction wrote"),
    COMPACTION_DROPPED(
            Type.COUNTER,
            "millrace_compaction_dropped_records_total",
            "Records that compaction took away: superseded ones, and deletion markers whose time was over"),
    COMPACTION_DIRTY_RATIO(
            Type.MAXIMUM,
            "millrace_compaction_dirty_ratio",
            "Share of the log compacted last that had not been compacted before"),
    LOG_DAMAGE(
            Type.COUNTER,
            "millrace_log_damage_total",
            "Damaged places found in segments since the start, by what came upon them; each makes its log read-only",
            "by"),
    DAMAGED_LOGS(
            Type.GAUGE,
            "millrace_damaged_logs",
            "Partitions that are read-only because of damage, found before or now"),
    SCRUB_READ(Type.COUNTER, "millrace_scrub_read_bytes_total", "What the background check of sealed segments read"),
    SCRUB_SOUND(
            Type.COUNTER, "millrace_scrub_sound_segments_total", "Segments that it read to their end and found whole"),
    SCRUB_REBUILT(
            Type.COUNTER,
            "millrace_scrub_rebuilt_files_total",
            "Files derived from a segment that were missing or wrong and were made again"),
    SCRUB_FAILURES(
            Type.COUNTER,
            "millrace_scrub_failures_total",
            "Segments that it could not read to their end for another reason than damage"),
    // Fetch.
    PARKED_FETCHES(Type.GAUGE, "millrace_fetch_parked", "Fetches that wait for records"),
    UNPARKED_FETCHES(
            Type.COUNTER,
            "millrace_fetch_park_refusals_total",
            "Fetches answered without waiting because too much waits already"),
    FETCH_SESSIONS(Type.GAUGE, "millrace_fetch_sessions", "Fetch sessions"),
    FETCH_SESSION_PARTITIONS(Type.GAUGE, "millrace_fetch_session_partitions", "Partitions in fetch sessions"),
    FETCH_SESSION_EVICTIONS(
            Type.COUNTER,
            "millrace_fetch_session_evictions_total",
            "Fetch sessions that ended to make room for another"),
    // Groups.
    GROUPS(
            Type.GAUGE,
            "millrace_groups",
            "Groups by state; one with committed offsets and no members is Empty",
            "state"),
    GROUP_MEMBERS(Type.GAUGE, "millrace_group_members", "Members of all groups"),
    GROUP_MEMORY(Type.GAUGE, "millrace_group_memory_bytes", "Heap that groups and their offsets take, estimated"),
    GROUP_MEMORY_LIMIT(Type.GAUGE, "millrace_group_memory_limit_bytes", "The bound of that; at it nothing is added"),
    REBALANCES(Type.COUNTER, "millrace_group_rebalances_total", "Rebalances begun, by what began them", "reason"),
    GENERATIONS(
            Type.COUNTER,
            "millrace_group_generations_total",
            "Generations begun: rebalances that all members joined or that did not wait longer"),
    MEMBERS_EXPIRED(
            Type.COUNTER,
            "millrace_group_members_expired_total",
            "Members that were not heard of for their session timeout"),
    LAG_RECORDS(
            Type.GAUGE,
            "millrace_group_lag_records",
            "Committed records of the partition that the group has not committed: high watermark less committed offset",
            "group",
            "topic",
            "partition"),
    LAG_SECONDS(
            Type.GAUGE,
            "millrace_group_lag_seconds",
            "Age of the oldest record that the group has not committed, by the first timestamp of its batch, so by the producers' clocks unless the topic stamps append time; 0 without lag, no series where records have no timestamp",
            "group",
            "topic",
            "partition");

    /** The label of all topics, or groups, beyond the limit of named ones: no topic can be called so. */
    public static final String OTHER = "(other)";

    /** How values of several loops come together, and how Prometheus is told. */
    enum Type {
        /** Only grows; summed. */
        COUNTER("counter"),
        /** Summed. */
        GAUGE("gauge"),
        /** A gauge of which the largest counts. */
        MAXIMUM("gauge"),
        HISTOGRAM("histogram");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** As in a TYPE line. */
        String text() {
            return text;
        }
    }

    private final Type type;
    private final String metricName;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> labels;

    Meter(Type type, String metricName, String help, String... labels) {
        this.type = type;
        this.metricName = metricName;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    boolean isMaximum() {
        return type == Type.MAXIMUM;
    }

    /** As in Prometheus, with its suffix. */
    public String metricName() {
        return metricName;
    }

    /** As in Prometheus: counter, gauge or histogram. */
    public String kind() {
        return type.text();
    }

    public String help() {
        return help;
    }

    /** Names of the labels. */
    public List<String> labels() {
        return labels;
    }
}
