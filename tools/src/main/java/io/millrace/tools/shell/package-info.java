/** What every verb shares: exit codes, messages, signals, the {@code --server} option. Entry type: {@link io.millrace.tools.shell.ServerOptions}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.shell;

import org.jspecify.annotations.NullMarked;
