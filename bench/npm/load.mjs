// The data of the benchmark in a browser.

export async function load(file) {
  return (await fetch(`/data/${file}`)).json();
}
