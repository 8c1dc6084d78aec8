'use strict';
(() => {
  const report = JSON.parse(document.getElementById('report').textContent);
  const all = 'All recordings together';
  const colours = { useful: '#2f6fb0', useless: '#b9c9da', vma: '#6a4fa3', slot: '#2f8f83', splits: '#d08a2e', merges: '#c5574b', moves: '#e0b0a8', inserts: '#8a97a6', removals: '#55606c', fault: '#c5574b', saved: '#2f8f5b', unused: '#d9b44a' };
  const byId = id => document.getElementById(id);
  const exact = new Intl.NumberFormat('en-US');
  const number = value => exact.format(value);
  const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? '' : 's'}`;

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function fillTable(table, columns, rows) {
    table.replaceChildren();
    const head = table.createTHead().insertRow();
    for (const column of columns) {
      const cell = element('th', column);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = table.createTBody();
    for (const { cells, className } of rows) {
      const row = body.insertRow();
      if (className) row.className = className;
      for (const cell of cells) row.append(cell instanceof Node ? cell : element('td', cell));
    }
  }

  const staleClass = row => row.staleAccesses === 0 ? 'good' : row.historical ? 'warn' : 'bad';

  function showSafety() {
    const { settings, summary, rows, leftOut } = report;
    byId('settings').textContent =
      `${report.traces.map(trace => `${trace.trace} (${count(trace.operations, 'operation')})`).join(', ')}; device rate ${settings.deviceRate}, `
      + `seed ${settings.seed}, ${count(settings.rounds, 'round')}.`;
    const verdict = byId('verdict');
    verdict.className = report.verdict;
    const caught = [...new Set(rows.filter(row => row.historical && row.staleAccesses > 0).map(row => row.attachment))];
    verdict.textContent = {
      Fine: caught.length === 0 ? 'No access was stale.' : `Stale accesses only with what is known to be unsafe: ${caught.join(', ')}.`,
      Violation: 'An attachment that must be safe had a violation.',
      Inconclusive: 'Nothing wrong was seen, but a replay did not follow its recording closely enough.',
    }[report.verdict];
    fillTable(byId('safety'), ['Attachment', ...settings.secondaries], report.attachments.map(attachment => ({
      className: attachment.historical ? 'historical' : '',
      cells: [attachment.name, ...settings.secondaries.map(secondary => {
        const row = summary.find(one => one.attachment === attachment.name && one.secondary === secondary);
        if (row) return element('td', number(row.staleAccesses), staleClass(row));
        const cell = element('td', '–');
        cell.title = leftOut.find(one => one.attachment === attachment.name && one.secondary === secondary)?.reason ?? '';
        return cell;
      })],
    })));
    byId('found').textContent = count(rows.filter(one => one.findings.length > 0).length, 'row');
    for (const row of rows.filter(one => one.findings.length > 0)) {
      byId('findings').append(element('p', `${row.trace}, ${row.attachment}, ${row.secondary}: ${row.findings.slice(0, 2).join(' · ')}`, row.historical ? '' : 'bad'));
    }
  }

  function showLegend() {
    for (const attachment of report.attachments) {
      byId('attachments').append(
        element('dt', attachment.name),
        element('dd', attachment.description + (attachment.safeForm ? ` Safe as ${attachment.safeForm}.` : '')));
    }
    for (const pair of report.leftOut) byId('left-out').append(element('li', `${pair.attachment} for the ${pair.secondary}: ${pair.reason}`));
    if (report.leftOut.length === 0) byId('left-out').append(element('li', 'Nothing.'));
  }

  /* Draws a whisker of the length of the noise around the end of each bar. */
  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const noise = chart.data.datasets[0].noise;
      if (!noise) return;
      const { ctx, scales: { x } } = chart;
      ctx.save();
      ctx.strokeStyle = '#1d2733';
      chart.getDatasetMeta(0).data.forEach((bar, i) => {
        const value = chart.data.datasets[0].data[i];
        const left = x.getPixelForValue(value - noise[i]);
        const right = x.getPixelForValue(value + noise[i]);
        ctx.beginPath();
        ctx.moveTo(left, bar.y); ctx.lineTo(right, bar.y);
        ctx.moveTo(left, bar.y - 4); ctx.lineTo(left, bar.y + 4);
        ctx.moveTo(right, bar.y - 4); ctx.lineTo(right, bar.y + 4);
        ctx.stroke();
      });
      ctx.restore();
    },
  };

  const charts = new Map();

  function draw(id, rows, series, { stacked = false, logarithmic = false, noise } = {}) {
    const datasets = series.map(([label, value, colour]) => ({ label, data: rows.map(value), backgroundColor: colour, maxBarThickness: 22 }));
    if (noise) datasets[0].noise = rows.map(noise);
    const reach = noise ? { suggestedMin: Math.min(0, ...rows.map(row => series[0][1](row) - noise(row))), suggestedMax: Math.max(...rows.map(row => series[0][1](row) + noise(row))) } : {};
    const canvas = byId(id);
    canvas.setAttribute('aria-label', `${canvas.closest('figure').querySelector('figcaption').textContent}: `
      + rows.map(row => `${row.attachment} ${series.map(([label, value]) => `${label} ${value(row)}`).join(', ')}`).join('; '));
    charts.get(id)?.destroy();
    charts.set(id, new Chart(canvas, {
      type: 'bar',
      data: { labels: rows.map(row => row.attachment), datasets },
      options: {
        indexAxis: 'y',
        animation: false,
        maintainAspectRatio: false,
        scales: {
          x: logarithmic ? { type: 'logarithmic', min: 1, ticks: { maxTicksLimit: 6 } } : { stacked, beginAtZero: true, ...reach, ticks: { maxTicksLimit: 8 } },
          y: { stacked, ticks: { autoSkip: false, color: context => rows[context.index]?.historical ? '#b45309' : '#1d2733' } },
        },
        plugins: {
          legend: { display: series.length > 1, position: 'bottom', labels: { boxWidth: 12 } },
          tooltip: { callbacks: { label: item => `${item.dataset.label}: ${number(item.raw)}` } },
        },
      },
      plugins: [whiskers],
    }));
  }

  function showFigures() {
    const chosen = byId('trace').value;
    const secondary = byId('secondary').value;
    const ofTrace = chosen === all ? report.summary : report.rows.filter(row => row.trace === chosen);
    const rows = ofTrace.filter(row => row.secondary === secondary);
    const trace = report.traces.find(one => one.trace === chosen);
    byId('context').textContent = trace
      ? `${count(trace.operations, 'operation')}, ${count(trace.addressSpaces, 'address space')}, ${count(trace.forks, 'fork')}, `
        + `${number(trace.nsPerOperationWithoutNotifiers)} ns an operation with nothing attached (±${trace.noisePercent} %)`
      : '';
    draw('calls', rows, [
      ['that took something away', row => 1000 * (row.callbacks - row.uselessCallbacks) / row.operations, colours.useful],
      ['for nothing', row => 1000 * row.uselessCallbacks / row.operations, colours.useless],
    ], { stacked: true });
    draw('cost', rows, [['percent', row => row.overheadPercent, colours.useful]], { noise: row => row.noisePercent });
    draw('work', rows, [
      ['vma searches', row => row.vmaLookUps, colours.vma],
      ['slot or region searches', row => row.memslotLookUps, colours.slot],
      ['splits', row => row.upkeepSplits, colours.splits],
      ['merges', row => row.upkeepMerges, colours.merges],
      ['moves', row => row.upkeepMoves, colours.moves],
      ['inserts', row => row.upkeepInserts, colours.inserts],
      ['removals', row => row.upkeepRemovals, colours.removals],
    ], { stacked: true });
    draw('faults', rows, [
      ['faults', row => row.deviceFaults, colours.fault],
      ['saved by prefetch', row => row.faultsSavedByPrefetch, colours.saved],
      ['prefetched, never used', row => row.updatesNeverUsed, colours.unused],
    ]);
    draw('pages', rows, [
      ['named', row => row.pagesNamed, colours.useless],
      ['taken away', row => row.pagesInvalidated, colours.useful],
    ], { logarithmic: true });
    draw('memory', rows, [['bytes', row => row.subscriptionBytes, colours.useful]], { logarithmic: true });
    showRows(ofTrace);
  }

  const columns = [
    ['calls', row => number(row.callbacks)],
    ['per 1,000', row => row.callbacksPer1000Operations.toFixed(1)],
    ['for nothing', row => number(row.uselessCallbacks)],
    ['pages named', row => number(row.pagesNamed)],
    ['taken away', row => number(row.pagesInvalidated)],
    ['vma searches', row => number(row.vmaLookUps)],
    ['slot searches', row => number(row.memslotLookUps)],
    ['splits', row => number(row.upkeepSplits)],
    ['merges', row => number(row.upkeepMerges)],
    ['moves', row => number(row.upkeepMoves)],
    ['inserts', row => number(row.upkeepInserts)],
    ['removals', row => number(row.upkeepRemovals)],
    ['device faults', row => number(row.deviceFaults)],
    ['saved', row => number(row.faultsSavedByPrefetch)],
    ['never used', row => number(row.updatesNeverUsed)],
    ['ns with', row => number(row.nsPerOperation)],
    ['ns without', row => number(row.nsPerOperationWithoutNotifiers)],
    ['cost %', row => `${row.overheadPercent.toFixed(1)} ±${row.noisePercent.toFixed(1)}`],
    ['bytes', row => number(row.subscriptionBytes)],
    ['freed early', row => number(row.freedBeforeTold)],
    ['vmas skipped', row => number(row.skippedVmas)],
  ];

  function showRows(rows) {
    fillTable(byId('rows'), ['Attachment', 'Secondary', ...columns.map(([title]) => title), 'stale'], rows.map(row => ({
      className: row.historical ? 'historical' : '',
      cells: [row.attachment, row.secondary, ...columns.map(([, value]) => value(row)), element('td', number(row.staleAccesses), staleClass(row))],
    })));
  }

  function fillSelect(select, names) {
    for (const name of names) select.append(new Option(name));
    select.addEventListener('change', showFigures);
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  showSafety();
  showLegend();
  fillSelect(byId('trace'), [...(report.traces.length > 1 ? [all] : []), ...report.traces.map(trace => trace.trace)]);
  fillSelect(byId('secondary'), report.settings.secondaries.filter(name => report.rows.some(row => row.secondary === name)));
  showFigures();
})();
