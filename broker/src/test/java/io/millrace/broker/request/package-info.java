@NullMarked
package io.millrace.broker.request;

import org.jspecify.annotations.NullMarked;
