// The session that this page belongs to is not here. Load the page anew, without the id.
{
  const address = new URL(location.href);
  address.searchParams.delete("wtd");
  address.hash = "";
  if (globalThis.app) {
    sessionStorage.setItem("former", session.id);
    app.quit();
  }
  location.replace(address);
}
