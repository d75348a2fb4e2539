package io.millrace.replication.folder;

import org.jspecify.annotations.Nullable;

/**
 * What the start expects of the data folder.
 *
 * @param nodeId at least 0
 * @param clusterId null to take what the folder says, or to make a new one for a new folder
 */
public record FolderExpectation(int nodeId, @Nullable String clusterId) {

    public FolderExpectation {
        if (nodeId < 0) {
            throw new IllegalArgumentException("node.id must be at least 0, is " + nodeId);
        }
    }
}
