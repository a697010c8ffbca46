const COLORS = ['Amber', 'Blue', 'Coral', 'Golden', 'Green', 'Ivory', 'Red', 'Silver', 'Violet', 'White'] as const;
const BIRDS = [
  'Avocet',
  'Curlew',
  'Dunlin',
  'Eider',
  'Gannet',
  'Heron',
  'Kestrel',
  'Lapwing',
  'Plover',
  'Puffin',
  'Sandpiper',
  'Tern',
] as const;

/** What a session is called: by its authid, and a guest by a name that every page makes of the same number. */
export function nameOf(id: number, role: string, authid: string): string {
  if (role === 'backend') return 'Back end';
  return role === 'guest' ? guestName(id) : authid.charAt(0).toUpperCase() + authid.slice(1);
}

const guestName = (id: number): string =>
  `${COLORS[id % COLORS.length] ?? ''} ${BIRDS[Math.floor(id / COLORS.length) % BIRDS.length] ?? ''}`;
