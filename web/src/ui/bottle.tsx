/** A picture of what a drink comes in, in the colour of its kind, where nobody has taken one. */
const COLOURS: [string, string][] = [
  ['wine/red', '#7b1e3a'],
  ['wine/rose', '#e59aa4'],
  ['wine/sparkling', '#d9c27a'],
  ['wine', '#cbb76a'],
  ['beer/stout', '#3b2417'],
  ['beer', '#c9842b'],
  ['cider', '#b8912f'],
  ['spirits/whiskey', '#a3581c'],
  ['spirits/rum', '#8a4a1f'],
  ['spirits', '#7f9bb0'],
  ['hard-seltzer', '#8fbcbb'],
  ['mixers', '#6f9e6b'],
];

const SHAPES: Record<string, string> = {
  bottle: 'M26 4h12v16c0 5 8 8 8 18v50c0 4-2 6-6 6H24c-4 0-6-2-6-6V38c0-10 8-13 8-18z',
  can: 'M18 22c0-3 2-5 5-5h18c3 0 5 2 5 5v66c0 3-2 6-5 6H23c-3 0-5-3-5-6z',
  keg: 'M12 30c0-4 4-8 8-8h24c4 0 8 4 8 8v56c0 4-4 8-8 8H20c-4 0-8-4-8-8z',
  box: 'M12 28h40v66H12z',
};

export function Bottle({ category, container }: { category: string; container: string }) {
  const fill = COLOURS.find(([path]) => category === path || category.startsWith(path))?.[1] ?? '#8a8475';
  const shape =
    SHAPES[container] ?? (container === 'bag_in_box' || container === 'carton' ? SHAPES.box : SHAPES.bottle);
  return (
    <svg viewBox="0 0 64 98" aria-hidden="true" className="mx-auto h-full">
      <path d={shape} fill={fill} />
      <rect x="18" y="52" width="28" height="22" fill="#fff" opacity=".82" />
    </svg>
  );
}
