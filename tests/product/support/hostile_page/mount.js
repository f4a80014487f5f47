// Mounts an element of `window.WhopElements` as the script's attributes say.
{
  const { type, options } = document.currentScript.dataset;
  // What it mounts into has to be empty.
  document.currentScript.remove();
  const mount = () => {
    if (!window.WhopElements) return void requestAnimationFrame(mount);
    const token = async () => (await (await fetch('/chat-token')).json()).token;
    window.session ||= new window.WhopElements().createChatSession({ token });
    const element = window.session.createElement(type, JSON.parse(options));
    element.on('error', (error) => console.error(error));
    element.mount('#place');
    window.element = element;
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', mount);
  else mount();
  window.mountAgain = mount;
}
