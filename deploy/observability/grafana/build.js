// Writes dashboards/*.json: npm install && npm run build
import { writeFileSync } from 'node:fs';
import { DashboardBuilder, DatasourceVariableBuilder, QueryVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { GraphDrawStyle, StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';

const source = { type: 'prometheus', uid: '${source}' };
const here = 'cluster="$cluster"';

// A query is [expression, legend].
function fill(panel, title, unit, queries, description) {
  panel.title(title).unit(unit).datasource(source);
  if (description) panel.description(description);
  for (const [expression, legend] of queries) panel.withTarget(new DataqueryBuilder().datasource(source).expr(expression).legendFormat(legend ?? ''));
  return panel;
}

const stat = (title, unit, query, legend, description) => {
  const panel = fill(new Stat(), title, unit, [[query, legend]], description).height(4).span(4);
  // A series that is there to be named, such as the run, shows its legend.
  return legend ? panel.textMode('name') : panel;
};

const lines = (title, unit, queries, description) => fill(new TimeSeries(), title, unit, queries, description).height(8).span(12).min(0);

const areas = (title, unit, queries, description) => lines(title, unit, queries, description)
  .drawStyle(GraphDrawStyle.Line).fillOpacity(40).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));

const quantile = (q, metric, by) => `histogram_quantile(${q}, sum by (${by}) (rate(${metric}_bucket{${here}}[1m])))`;

function dashboard(file, title, rows) {
  const builder = new DashboardBuilder(title).uid(`moe-${file}`).tags(['moe']).refresh('10s').time({ from: 'now-30m', to: 'now' }).timezone('browser')
    .withVariable(new DatasourceVariableBuilder('source').label('Data source').type('prometheus'))
    .withVariable(new QueryVariableBuilder('cluster').label('Cluster').datasource(source).query('label_values(moe_lane_threads, cluster)').refresh(2));
  for (const [row, ...panels] of rows) {
    builder.withRow(new RowBuilder(row));
    for (const panel of panels) builder.withPanel(panel);
  }
  writeFileSync(new URL(`dashboards/${file}.json`, import.meta.url), JSON.stringify(builder.build(), null, 2) + '\n');
}

dashboard('run', 'MoeOrleans: the run', [
  ['Now',
    stat('Run', 'none', `moe_run_info{${here}}`, '{{moe_run_id}}'),
    stat('Phase', 'none', `moe_run_active{${here}} == 1`, '{{moe_run_phase}}'),
    stat('Steps a second', 'none', `cluster:moe_steps:rate1m{${here}}`),
    stat('Idle experts', 'none', `sum(moe_routing_idle_experts{${here}})`, undefined, 'A router that has found fewer clusters than there are experts leaves some idle.'),
    stat('Restarts', 'none', `sum(moe_run_restarts{${here}})`),
    stat('Alerts that fire', 'none', `count(ALERTS{${here},alertstate="firing"}) or vector(0)`)],
  ['Training',
    lines('Loss', 'none', [[`moe_training_loss{${here}}`, 'loss']]),
    lines('Training accuracy', 'percentunit', [[`moe_training_accuracy{${here}}`, 'accuracy']]).max(1)],
  ['Routing',
    areas('Share of the samples', 'percentunit', [[`cluster_expert:moe_expert_share:rate1m{${here}}`, 'expert {{moe_expert}}']], 'One expert with nearly all of it: routing has collapsed.').max(1),
    lines('Relative load of the last step', 'none', [[`moe_expert_relative_load{${here}}`, 'expert {{moe_expert}}']], '1 is the even share, 0 is idle.'),
    lines('Dispatch entropy', 'none', [[`moe_routing_entropy{${here}}`, 'nats']], '0 if every expert serves one cluster.'),
    lines('Largest violation', 'none', [[`moe_routing_max_violation{${here}}`, 'largest relative load - 1']], 'The number of experts minus 1 if one gets all samples.')],
  ['Steps',
    areas('Where the time of a step goes', 's', [[`cluster_phase:moe_step_phase_duration_seconds:mean1m{${here}}`, '{{moe_step_phase}}']], 'What the coordinator waits for; the sum is the mean duration.'),
    lines('Duration of a step', 's', [0.5, 0.95, 0.99].map(q => [quantile(q, 'moe_step_duration_seconds', 'le'), `${q * 100} %`]))],
  ['Experts',
    lines('Queue, 95 %', 's', [[quantile(0.95, 'moe_expert_queue_duration_seconds', 'le, moe_expert'), 'expert {{moe_expert}}']], 'How long dispatches wait for a compute thread.'),
    lines('Computation, 95 %', 's', [[quantile(0.95, 'moe_expert_compute_duration_seconds', 'le, moe_expert'), 'expert {{moe_expert}}']]),
    lines('Computation of a sample', 's', [[`cluster_expert:moe_expert_compute_seconds_per_sample:rate5m{${here}}`, 'expert {{moe_expert}}']], 'One that is far above the others is slow.'),
    lines('Commit, 95 %', 's', [[quantile(0.95, 'moe_expert_commit_duration_seconds', 'le, moe_expert'), 'expert {{moe_expert}}']]),
    lines('Wait for the commit of the step before, 95 %', 's', [[quantile(0.95, 'moe_expert_commit_wait_duration_seconds', 'le, moe_expert'), 'expert {{moe_expert}}']])],
]);

dashboard('cluster', 'MoeOrleans: the cluster', [
  ['Now',
    stat('Silos', 'none', `max(moe_cluster_silos{${here}})`),
    stat('Silos that answer', 'none', `sum(up{${here}})`),
    stat('Silos lost', 'none', `max(moe_cluster_lost_silos_total{${here}})`, undefined, 'Since the start of the longest-living silo.'),
    stat('Runs that train', 'none', `sum(moe_queue_runs{${here},moe_run_state="active"})`),
    stat('Runs that wait', 'none', `sum(moe_queue_runs{${here},moe_run_state="queued"})`),
    stat('Generation', 'none', `max(moe_run_generation{${here}})`, undefined, 'Rises with each recovery of the run.')],
  ['Silos',
    lines('Utilisation of compute threads', 'percentunit', [[`instance:moe_lane_utilisation:rate1m{${here}}`, '{{instance}}']]).max(1),
    lines('Compute threads', 'none', [[`moe_lane_threads{${here}}`, '{{instance}}']]),
    areas('Experts', 'none', [[`moe_silo_grains{${here},moe_grain="expert"}`, '{{instance}}']], 'A silo that joins gets its share; the others keep theirs.'),
    areas('Routers and coordinators', 'none', [[`moe_silo_grains{${here},moe_grain=~"router|coordinator"}`, '{{moe_grain}} on {{instance}}']])],
  ['Dispatches',
    areas('Samples sent, by way', 'none', [[`sum by (moe_dispatch_mode) (rate(moe_dispatch_samples_total{${here}}[1m]))`, '{{moe_dispatch_mode}}']], 'A second; repetitions count.'),
    areas('Bytes to other silos, by way', 'Bps', [[`sum by (moe_dispatch_mode) (rate(moe_dispatch_size_bytes_total{${here}}[1m]))`, '{{moe_dispatch_mode}}']]),
    areas('Samples sent by silo', 'none', [[`sum by (instance) (rate(moe_dispatch_samples_total{${here}}[1m]))`, '{{instance}}']])],
]);

dashboard('orleans', 'MoeOrleans: Orleans', [
  ['Calls',
    lines('Duration of calls', 'ms', [0.5, 0.95, 0.99].map(q => [quantile(q, 'orleans_app_requests_latency_milliseconds', 'le'), `${q * 100} %`])),
    lines('Calls a second', 'none', [[`rate(orleans_app_requests_latency_milliseconds_count{${here}}[1m])`, '{{instance}}']])],
  ['Grains',
    areas('Activations', 'none', [[`sum by (grain_type) (orleans_catalog_activations{${here}})`, '{{grain_type}}']]),
    lines('Activations a second', 'none', [[`sum by (grain_type) (rate(orleans_catalog_activation_created_total{${here}}[1m]))`, '{{grain_type}}']]),
    lines('Hits of the directory cache', 'percentunit', [[`rate(orleans_directory_lookups_cache_successes_total{${here}}[1m]) / (rate(orleans_directory_lookups_cache_issued_total{${here}}[1m]) > 0)`, '{{instance}}']]).max(1)],
  ['Network',
    lines('Bytes received a second', 'Bps', [[`sum by (instance) (rate(orleans_messaging_received_messages_size_bytes_sum{${here}}[1m]))`, '{{instance}}']]),
    lines('Bytes sent a second', 'Bps', [[`sum by (instance) (rate(orleans_messaging_sent_messages_size_bytes_sum{${here}}[1m]))`, '{{instance}}']]),
    lines('Probes answered', 'percentunit', [[`sum by (instance) (rate(orleans_messaging_pings_reply_received_total{${here}}[1m])) / (sum by (instance) (rate(orleans_messaging_pings_sent_total{${here}}[1m])) > 0)`, '{{instance}}']], 'A silo that does not answer three in a row is declared dead.').max(1),
    lines('Clients of gateways', 'none', [[`orleans_gateway_connected_clients{${here}}`, '{{instance}}']]),
    lines('Memory available', 'decmbytes', [[`orleans_runtime_available_memory_megabytes{${here}}`, '{{instance}}']])],
]);
