/**
 * Configurations of topics and brokers as clients see them: DescribeConfigs (API 32), AlterConfigs (33),
 * IncrementalAlterConfigs (44), ListConfigResources (74). Entry type: {@link io.millrace.broker.configs.DescribeConfigsHandler}.
 * Owner: the shard loop of the connection; the controller decides changes.
 */
@NullMarked
package io.millrace.broker.configs;

import org.jspecify.annotations.NullMarked;
