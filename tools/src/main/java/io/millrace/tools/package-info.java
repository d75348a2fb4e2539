/**
 * The {@code millrace} command: one class per verb. Entry type: {@link io.millrace.tools.Millrace}. Owner: the main thread.
 * An edge to the outside world: it reads the terminal, the environment and signals.
 */
@NullMarked
package io.millrace.tools;

import org.jspecify.annotations.NullMarked;
