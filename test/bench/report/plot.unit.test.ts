import { describe, expect, it } from 'vitest';
import { SHARES } from '../load/tasks.ts';
import { plotOf } from './plot.ts';

const sample = {
  count: 1,
  perSecond: 1,
  isOverloaded: false,
  uses: {},
  percentilesMs: SHARES.map((share) => share * 10),
};
const curve = [1, 2, 4].map((inFlight) => ({ inFlight, perSecond: inFlight * 100, p50Ms: 1, p99Ms: 2 }));

describe('a plot', () => {
  it('has a line for each load and one for the rates, within its bounds', () => {
    const svg = plotOf([{ name: 'claims & <more>', samples: [sample] }], curve);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain('claims &amp; &lt;more>');
    const places = [...svg.matchAll(/points="([^"]+)"/g)].flatMap(([, points = '']) =>
      points.split(/[ ,]/).map(Number),
    );
    expect(places.every((place) => Number.isFinite(place) && place >= 0 && place <= 900)).toBe(true);
  });

  it('leaves out what was not measured', () => {
    expect(plotOf([{ name: 'failed', samples: [] }], [])).not.toContain('<polyline');
  });
});
