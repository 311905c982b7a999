// Tables in open addressing: rows, counted from 1, each in its home or in the first place after it that was open; 0
// where nothing is. Behind the last place comes the first.

/** The place of a new row with this home. At least one is to be open. */
export function openPlace(places: Int32Array, home: number): number {
  let place = home;
  while (places[place] !== 0) place = after(place, places.length);
  return place;
}

/**
 * Opens the place of a row that is there. What stands behind it moves up, as if it had never been there.
 * @param homeAt that of a row.
 */
export function vacate(places: Int32Array, row: number, homeAt: (row: number) => number): void {
  const { length } = places;
  let open = homeAt(row);
  while (places[open] !== row + 1) open = after(open, length);
  let place = after(open, length);
  for (let taken = places[place] ?? 0; taken !== 0; taken = places[place] ?? 0) {
    const home = homeAt(taken - 1);
    if (distance(home, place, length) >= distance(open, place, length)) {
      places[open] = taken;
      open = place;
    }
    place = after(place, length);
  }
  places[open] = 0;
}

const after = (place: number, length: number): number => (place + 1 === length ? 0 : place + 1);

const distance = (from: number, to: number, length: number): number => (to >= from ? to - from : to - from + length);
