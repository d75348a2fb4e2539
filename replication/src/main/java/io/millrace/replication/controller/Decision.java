package io.millrace.replication.controller;

import io.millrace.protocol.Message;
import java.util.List;

/**
 * What a command comes to: records to append, and the answer to give once they are committed. Immutable.
 *
 * @param records none when nothing changes
 */
record Decision<A>(List<Message> records, ControllerAnswer<A> answer) {

    Decision {
        records = List.copyOf(records);
    }
}
