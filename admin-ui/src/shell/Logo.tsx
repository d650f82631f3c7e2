/** The mark and the name; tesserae are the tiles of a mosaic. */
export function Logo() {
  return (
    <div className="logo">
      <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
        <rect x="1" y="1" width="10" height="10" rx="3" className="logo-1" />
        <rect x="13" y="1" width="10" height="10" rx="3" className="logo-2" />
        <rect x="1" y="13" width="10" height="10" rx="3" className="logo-3" />
        <rect x="13" y="13" width="10" height="10" rx="5" className="logo-4" />
      </svg>
      <span>Tessera</span>
    </div>
  );
}
