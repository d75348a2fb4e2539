/**
 * The data folder of one broker: whose it is, which format it has, and that nobody else uses it. Entry type:
 * {@link io.millrace.replication.folder.DataFolder}. Owner: the start of the process, before any loop runs. A folder that is
 * not recognised is refused and never changed.
 */
@NullMarked
package io.millrace.replication.folder;

import org.jspecify.annotations.NullMarked;
