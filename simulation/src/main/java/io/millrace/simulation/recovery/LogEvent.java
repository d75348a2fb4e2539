package io.millrace.simulation.recovery;

/** One thing that was asked of a log and took effect in memory. */
sealed interface LogEvent {

    record Created() implements LogEvent {}

    record Appended(ModelBatch batch) implements LogEvent {}

    record Truncated(long endOffset) implements LogEvent {}

    record StartMoved(long logStartOffset) implements LogEvent {}

    record Reset(long offset) implements LogEvent {}

    record Deleted() implements LogEvent {}
}
