@NullMarked
package io.millrace.broker.boot;

import org.jspecify.annotations.NullMarked;
