export default function ExplorerPage() {
  return <div>explorer</div>;
}
