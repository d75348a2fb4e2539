@NullMarked
package io.millrace.tools.topic;

import org.jspecify.annotations.NullMarked;
