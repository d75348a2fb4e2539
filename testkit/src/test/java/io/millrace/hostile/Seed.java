package io.millrace.hostile;

import io.millrace.hostile.corpus.Corpus;
import io.millrace.hostile.corpus.RecordedFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A well-formed request taken apart, from which mutants are made. Immutable.
 *
 * @param headerFields how many of {@code fields} are the header's
 */
record Seed(ApiKeys api, short version, int headerFields, List<Field> fields) {

    private static final int MAX_SEEDS_OF_VERSION = 24;

    Seed {
        fields = List.copyOf(fields);
    }

    /** By API key: every recorded frame in its own version, and in every other version that can say the same. */
    static Map<Short, List<Seed>> of(Corpus corpus) {
        Map<Short, Map<Short, List<Seed>>> byVersion = new TreeMap<>();
        for (boolean asRecorded : new boolean[] {true, false}) {
            for (RecordedFrame frame : corpus.frames()) {
                ApiKeys api = ApiKeys.forId(frame.apiKey());
                for (short version : api.allVersions()) {
                    List<Seed> seeds = byVersion
                            .computeIfAbsent(api.id, key -> new TreeMap<>())
                            .computeIfAbsent(version, key -> new ArrayList<>());
                    if (seeds.size() < MAX_SEEDS_OF_VERSION && asRecorded == (version == frame.apiVersion())) {
                        add(seeds, frame, version);
                    }
                }
            }
        }
        Map<Short, List<Seed>> byApi = new TreeMap<>();
        byVersion.forEach((api, versions) ->
                byApi.put(api, versions.values().stream().flatMap(List::stream).toList()));
        return byApi;
    }

    private static void add(List<Seed> seeds, RecordedFrame frame, short version) {
        ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
        RequestHeader header = RequestHeader.parse(bytes);
        ApiKeys api = header.apiKey();
        ApiMessage message = ApiMessageType.fromApiKey(api.id).newRequest();
        message.read(new ByteBufferAccessor(bytes), header.apiVersion());
        try {
            RequestHeaderData data = header.data().duplicate().setRequestApiVersion(version);
            List<Field> fields = new ArrayList<>(FieldWriter.fieldsOf(data, api.requestHeaderVersion(version)));
            int headerFields = fields.size();
            fields.addAll(FieldWriter.fieldsOf(message, version));
            seeds.add(new Seed(api, version, headerFields, fields));
        } catch (UnsupportedVersionException | NullPointerException beyondVersion) {
            // This version cannot say it.
        }
    }
}
