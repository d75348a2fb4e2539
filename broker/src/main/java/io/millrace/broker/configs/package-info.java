/**
 * DescribeConfigs (API 32). Entry type: {@link io.millrace.broker.configs.DescribeConfigsHandler}. Owner: the shard loop of
 * the connection.
 */
@NullMarked
package io.millrace.broker.configs;

import org.jspecify.annotations.NullMarked;
