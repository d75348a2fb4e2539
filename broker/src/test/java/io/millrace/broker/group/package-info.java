/** Tests of how group requests reach their coordinator. Entry type: {@link io.millrace.broker.group.GroupRequestTest}. Owner: none. */
@NullMarked
package io.millrace.broker.group;

import org.jspecify.annotations.NullMarked;
