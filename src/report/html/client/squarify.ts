export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Lays weights out as boxes near to squares (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000).
 * @param weights positive, greatest first
 */
export function squarify(weights: number[], frame: Box): Box[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const areas = weights.map((weight) => (weight / total) * frame.width * frame.height);
  const boxes: Box[] = [];
  let { x, y, width, height } = frame;
  for (let start = 0; start < areas.length; ) {
    const side = Math.min(width, height);
    let end = start + 1;
    while (end < areas.length && worst(areas, start, end + 1, side) <= worst(areas, start, end, side)) end++;
    const sum = areas.slice(start, end).reduce((all, area) => all + area, 0);
    const thickness = side === 0 ? 0 : sum / side;
    let offset = 0;
    for (let index = start; index < end; index++) {
      const length = thickness === 0 ? 0 : areas[index] / thickness;
      boxes.push(
        width >= height
          ? { x, y: y + offset, width: thickness, height: length }
          : { x: x + offset, y, width: length, height: thickness },
      );
      offset += length;
    }
    if (width >= height) {
      x += thickness;
      width -= thickness;
    } else {
      y += thickness;
      height -= thickness;
    }
    start = end;
  }
  return boxes;
}

/** The worst ratio of sides in a row of boxes. */
function worst(areas: number[], start: number, end: number, side: number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += areas[index];
  return Math.max((side * side * areas[start]) / (sum * sum), (sum * sum) / (side * side * areas[end - 1]));
}
