// Numbers of many runs as a few.

const sorted = (numbers) => [...numbers].sort((one, other) => one - other);

/** The value that so large a share of the numbers does not exceed: 0.95 for the 95th percentile. */
export function percentile(numbers, share) {
  const all = sorted(numbers);
  return all[Math.min(all.length - 1, Math.ceil(share * all.length) - 1)];
}

/** Median and both ends. */
export function summary(numbers) {
  const known = numbers.filter((number) => Number.isFinite(number));
  if (known.length === 0) return { median: null, least: null, most: null, runs: 0 };
  const all = sorted(known);
  const middle = (all.length - 1) / 2;
  const median = (all[Math.floor(middle)] + all[Math.ceil(middle)]) / 2;
  return { median: round(median), least: round(all[0]), most: round(all.at(-1)), runs: all.length };
}

/** A tenth is precise enough for anything that is printed. */
export function round(number) {
  return Number.isFinite(number) ? Math.round(number * 10) / 10 : null;
}

/** Rows of equal keys as a Markdown table. */
export function table(rows) {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value) => {
    if (value === null || value === undefined) return '–';
    if (typeof value !== 'object') return String(value);
    return value.runs === 0 ? '–' : `${value.median} (${value.least}–${value.most})`;
  };
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => columns.map((column) => text(row[column])))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
