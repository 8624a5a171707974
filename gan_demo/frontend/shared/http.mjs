// What went wrong, for people: networks of the wires say it in words of their own, in English.

// The bytes or the text of an address; rejects with an Error with `status`, 0 where nobody answered.
export async function answered(address, options) {
  const failed = (status) => Object.assign(new Error(`${status || "no answer"} ${address}`), { status });
  const answer = await fetch(new URL(address, document.baseURI), options).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw failed(0);
  });
  if (!answer.ok) throw failed(answer.status);
  return answer;
}

// Why, as a part of a sentence, in the texts of the page; `other` for what is no matter of the wires.
export function reason(texts, error, other = texts["trouble.other"]) {
  if (error?.status === 0) return texts["trouble.offline"];
  if (error?.status) return texts["trouble.status"].replace("{status}", error.status);
  return other;
}
