/**
 * The {@code millrace} command: one class per verb. Entry type: {@link io.millrace.tools.Millrace}. Owner: the main thread.
 * Verbs that look into data folders use the readers of {@code storage} and {@code replication}, and write nothing there.
 * An edge to the outside world: it reads the terminal, the environment and signals.
 */
@NullMarked
package io.millrace.tools;

import org.jspecify.annotations.NullMarked;
