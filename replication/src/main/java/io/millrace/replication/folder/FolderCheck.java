package io.millrace.replication.folder;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/** Whether a folder is a data folder of ours, for those who only look at it. Stateless. */
public final class FolderCheck {

    private FolderCheck() {}

    /**
     * Reads the identity of an existing data folder; nothing is changed, and no lock is taken.
     *
     * @return the cluster and node that it belongs to, in words
     * @throws DataFolderException when it is none, somebody else's, of a newer format, or its identity is damaged
     */
    public static String identify(Disk disk, Path path) throws DataFolderException, DiskException {
        if (!disk.exists(path.resolve(MetaProperties.FILE_NAME))) {
            throw DataFolder.notOurs(path);
        }
        MetaProperties meta = DataFolder.read(disk, path);
        return "cluster " + meta.clusterId() + ", node " + meta.nodeId();
    }
}
