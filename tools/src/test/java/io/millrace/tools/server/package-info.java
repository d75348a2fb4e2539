@NullMarked
package io.millrace.tools.server;

import org.jspecify.annotations.NullMarked;
