package io.millrace.hostile.corpus;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Recorded frames, and the ids in them that another broker does not know. Immutable.
 *
 * <pre>
 *   gzip( int magic | int topics | topics x (utf name, 16 bytes id) | int frames | frames x (utf client, int length, bytes) )
 * </pre>
 *
 * @param topicIds by name, of the topics that the recorded clients used
 */
public record Corpus(Map<String, TopicId> topicIds, List<RecordedFrame> frames) {

    private static final int MAGIC = 0x4D484331;

    /** 16 bytes, most significant first. */
    public record TopicId(long mostSignificant, long leastSignificant) {}

    public Corpus {
        topicIds = Map.copyOf(topicIds);
        frames = List.copyOf(frames);
    }

    public static Corpus read(InputStream source) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(source))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("this is no corpus of recorded frames");
            }
            Map<String, TopicId> ids = new TreeMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                ids.put(in.readUTF(), new TopicId(in.readLong(), in.readLong()));
            }
            List<RecordedFrame> frames = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                String client = in.readUTF();
                frames.add(new RecordedFrame(client, in.readNBytes(in.readInt())));
            }
            return new Corpus(ids, frames);
        }
    }

    public void write(OutputStream target) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(target))) {
            out.writeInt(MAGIC);
            out.writeInt(topicIds.size());
            for (Map.Entry<String, TopicId> topic : new TreeMap<>(topicIds).entrySet()) {
                out.writeUTF(topic.getKey());
                out.writeLong(topic.getValue().mostSignificant());
                out.writeLong(topic.getValue().leastSignificant());
            }
            out.writeInt(frames.size());
            for (RecordedFrame frame : frames) {
                out.writeUTF(frame.client());
                out.writeInt(frame.bytes().length);
                out.write(frame.bytes());
            }
        }
    }
}
