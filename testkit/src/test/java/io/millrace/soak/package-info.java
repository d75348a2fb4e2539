/** A load of many kinds for hours: what {@code soak.sh} runs beside a broker. Entry type: {@link io.millrace.soak.SoakLoad}. */
@NullMarked
package io.millrace.soak;

import org.jspecify.annotations.NullMarked;
