// As the backend makes them: without i, l, o, 0 and 1, because what is read off a screen is typed on a panel. 26 of 31
// characters: 128.8 bits.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 26;

export function newPassword(): string {
  let password = '';
  while (password.length < LENGTH) {
    // Bytes above the last whole alphabet would make its first letters likelier.
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < 256 - (256 % ALPHABET.length) && password.length < LENGTH) password += ALPHABET[byte % ALPHABET.length];
  }
  return password;
}
