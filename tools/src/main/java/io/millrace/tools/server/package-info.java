/** Verbs that run a broker in this process. Entry type: {@link io.millrace.tools.server.DevVerb}. Owner: the main thread. */
@NullMarked
package io.millrace.tools.server;

import org.jspecify.annotations.NullMarked;
