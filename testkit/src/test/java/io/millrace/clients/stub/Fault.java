package io.millrace.clients.stub;

import io.millrace.protocol.ErrorCode;

/** What goes wrong with one request. Immutable. */
public sealed interface Fault {

    /** Nothing. */
    record None() implements Fault {}

    /** The connection closes before anything was done. */
    record CloseBefore() implements Fault {}

    /** All is done, and the connection closes instead of the answer. */
    record CloseAfter() implements Fault {}

    /** Nothing is done, and every partition is answered with this code. */
    record Refuse(ErrorCode error) implements Fault {}

    /** All is done, and every partition is answered with this code all the same. */
    record DoAndRefuse(ErrorCode error) implements Fault {}

    /** Nothing is done and nothing is answered. */
    record Ignore() implements Fault {}
}
