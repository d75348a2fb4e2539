package io.millrace.broker.config;

/**
 * How many series a scrape may have where their number follows the data. Immutable.
 *
 * @param maxTopics with series of their own; the others share one
 * @param maxPartitions with series of their log's offsets; the others have none
 * @param maxLags committed offsets with series of their lag; the others have none
 */
public record MetricsConfig(int maxTopics, int maxPartitions, int maxLags) {

    static MetricsConfig of(ConfigValues values) {
        return new MetricsConfig(
                values.get(BrokerKeys.METRICS_MAX_TOPICS),
                values.get(BrokerKeys.METRICS_MAX_PARTITIONS),
                values.get(BrokerKeys.METRICS_MAX_LAGS));
    }
}
