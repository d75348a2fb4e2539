package io.millrace.hostile;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends mutants one by one, each with a plain ApiVersions right behind it: that one's answer tells a request that has none (acks=0)
 * from one that is stuck. Owned by its thread.
 */
final class HostileSender implements Runnable {

    static final String NO_API = "(none of ours)";

    private static final int PATIENCE_MS = 30_000;
    /** For APIs that may wait as asked. */
    private static final int SHORT_PATIENCE_MS = 150;

    private static final int PROBE_ID = Integer.MIN_VALUE + 4_711;
    private static final int MAX_ANSWER_BYTES = 200 << 20;
    private static final int MAX_LEARNED_BYTES = 4_096;
    private static final int RETRIES = 5;

    private final Shared shared;
    private final FrameMutator mutator;
    private final Random random;
    private final InetAddress from;
    private @Nullable Socket socket;
    private @Nullable DataInputStream in;

    /** What all senders have in common. */
    record Shared(
            InetSocketAddress broker, AtomicLong left, OutcomeTable table, WatchedWaits waits, Vocabulary vocabulary) {}

    HostileSender(Shared shared, FrameMutator mutator, Random random, InetAddress from) {
        this.shared = shared;
        this.mutator = mutator;
        this.random = random;
        this.from = from;
    }

    @Override
    public void run() {
        while (shared.left().getAndDecrement() > 0) {
            Mutant mutant = mutator.next();
            String api =
                    mutant.hasHeader() && mutator.knows(mutant.apiKey()) ? ApiKeys.forId(mutant.apiKey()).name : NO_API;
            String detail = "";
            Outcome outcome;
            try {
                outcome = send(mutant);
            } catch (IOException failure) {
                detail = failure.toString();
                outcome = Outcome.NO_CONNECTION;
            } catch (RuntimeException undecodable) {
                detail = undecodable.toString();
                outcome = Outcome.UNDECODABLE;
                disconnect();
            }
            shared.table().count(api, mutant, outcome, detail);
        }
        disconnect();
    }

    private Outcome send(Mutant mutant) throws IOException {
        DataInputStream answers = connected();
        Socket connection = socket;
        if (connection == null) {
            throw new IllegalStateException("connected() connects");
        }
        boolean framed = mutant.mutation() != Mutation.FRAME_LENGTH;
        boolean mayWait = mutant.hasHeader() && mayWait(mutant.apiKey());
        try {
            connection.setSoTimeout(mayWait && framed ? SHORT_PATIENCE_MS : PATIENCE_MS);
            connection.getOutputStream().write(framed ? withProbe(mutant.frame()) : mutant.frame());
            if (!framed) {
                connection.shutdownOutput();
            }
            return answer(mutant, answers);
        } catch (SocketTimeoutException unanswered) {
            boolean watched = mayWait && shared.waits().take(mutant, connection, answers);
            if (watched) {
                socket = null;
            }
            disconnect();
            return mayWait ? Outcome.WAITS : Outcome.NO_ANSWER;
        } catch (IOException closed) {
            disconnect();
            return Outcome.CLOSED;
        }
    }

    private static boolean mayWait(short apiKey) {
        return apiKey == ApiKeys.FETCH.id || apiKey == ApiKeys.JOIN_GROUP.id || apiKey == ApiKeys.SYNC_GROUP.id;
    }

    private static byte[] withProbe(byte[] frame) {
        int probeBytes = 2 * Short.BYTES + Integer.BYTES + Short.BYTES;
        return ByteBuffer.allocate(frame.length + Integer.BYTES + probeBytes)
                .put(frame)
                .putInt(probeBytes)
                .putShort(ApiKeys.API_VERSIONS.id)
                .putShort((short) 0)
                .putInt(PROBE_ID)
                .putShort((short) -1)
                .array();
    }

    private Outcome answer(Mutant mutant, DataInputStream answers) throws IOException {
        ByteBuffer answer = frame(answers);
        int id = answer.getInt(0);
        if (mutant.mutation() == Mutation.FRAME_LENGTH) {
            disconnect();
            return Outcome.ANSWERED_OK; // the lie was near enough to the truth
        }
        if (id == PROBE_ID) {
            return mutant.apiKey() == ApiKeys.PRODUCE.id ? Outcome.NO_ANSWER_ASKED : Outcome.ANSWER_LEFT_OUT;
        }
        if (id != mutant.correlationId()) {
            disconnect();
            return Outcome.WRONG_ANSWER;
        }
        Outcome outcome = decode(mutant, answer);
        try {
            if (frame(answers).getInt(0) != PROBE_ID) {
                disconnect();
                return Outcome.WRONG_ANSWER;
            }
        } catch (IOException closed) {
            disconnect();
            return Outcome.NO_ANSWER;
        }
        return outcome;
    }

    private static ByteBuffer frame(DataInputStream answers) throws IOException {
        int length = answers.readInt();
        if (length < Integer.BYTES || length > MAX_ANSWER_BYTES) {
            throw new IllegalStateException("an answer of " + length + " bytes");
        }
        return ByteBuffer.wrap(answers.readNBytes(length));
    }

    private Outcome decode(Mutant mutant, ByteBuffer answer) {
        ApiKeys api = ApiKeys.forId(mutant.apiKey());
        short version = mutant.apiVersion();
        if (api == ApiKeys.API_VERSIONS && !api.isVersionSupported(version)) {
            version = 0;
        }
        ByteBufferAccessor bytes = new ByteBufferAccessor(answer);
        new ResponseHeaderData().read(bytes, api.responseHeaderVersion(version));
        AbstractResponse response = AbstractResponse.parseResponse(api, bytes, version);
        if (bytes.remaining() > 0) {
            throw new IllegalStateException(bytes.remaining() + " bytes too many in an answer");
        }
        if (response instanceof JoinGroupResponse joined
                && !joined.data().memberId().isEmpty()) {
            learn(mutant, joined);
        }
        Outcome outcome = Outcome.ANSWERED_OK;
        for (Map.Entry<Errors, Integer> error : response.errorCounts().entrySet()) {
            if (error.getKey() == Errors.UNKNOWN_SERVER_ERROR) {
                return Outcome.SERVER_ERROR;
            }
            if (error.getKey() != Errors.NONE) {
                shared.table().error(error.getKey().name());
                outcome = Outcome.ANSWERED_ERROR;
            }
        }
        return outcome;
    }

    private void learn(Mutant mutant, JoinGroupResponse joined) {
        ByteBuffer bytes = mutant.request();
        if (bytes.remaining() > MAX_LEARNED_BYTES) {
            return; // equal protocols by the thousand cost Kafka's decoder seconds
        }
        RequestHeader header = RequestHeader.parse(bytes);
        JoinGroupRequestData request = new JoinGroupRequestData(new ByteBufferAccessor(bytes), header.apiVersion());
        shared.vocabulary()
                .joined(
                        random,
                        request.groupId(),
                        joined.data().memberId(),
                        joined.data().generationId(),
                        joined.error() == Errors.NONE);
    }

    private DataInputStream connected() throws IOException {
        DataInputStream answers = in;
        if (socket != null && answers != null) {
            return answers;
        }
        for (int attempt = 1; ; attempt++) {
            Socket fresh = new Socket();
            try {
                fresh.setTcpNoDelay(true);
                fresh.bind(new InetSocketAddress(from, 0));
                fresh.connect(shared.broker(), PATIENCE_MS);
                answers = new DataInputStream(new BufferedInputStream(fresh.getInputStream(), 16 * 1024));
                socket = fresh;
                in = answers;
                return answers;
            } catch (IOException refused) {
                fresh.close();
                if (attempt == RETRIES) {
                    throw refused;
                }
            }
        }
    }

    private void disconnect() {
        Socket open = socket;
        socket = null;
        in = null;
        if (open != null) {
            try {
                open.setSoLinger(true, 0); // no TIME_WAIT: there are many
                open.close();
            } catch (IOException gone) {
                // It was closed by the broker.
            }
        }
    }
}
