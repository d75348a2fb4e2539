package io.millrace.replication.controller;

import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadatalog.MetadataLogException;

/** How the start of a controller ended. Immutable. */
public sealed interface ControllerStart {

    /** It leads; {@code image} is published. */
    record Ready(MetadataImage image) implements ControllerStart {}

    /** The metadata log cannot be used; nothing was changed. */
    record Refused(MetadataLogException reason) implements ControllerStart {}
}
