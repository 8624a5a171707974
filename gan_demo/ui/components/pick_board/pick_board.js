// Small pictures to click: one sheet comes in, cut into a canvas each, so that every pixel stays a sharp square.
// data: {sheet: data URI, count, columns, width, height, names: [..], marks: [..], selected}; "picked" goes out.

function build(parentElement) {
  const board = document.createElement("div")
  board.className = "board"
  board.setAttribute("role", "group")
  parentElement.append(board)
  return board
}

function button(board, index) {
  const one = document.createElement("button")
  one.type = "button"
  one.append(document.createElement("canvas"))
  one.onclick = () => board.pick(index)
  board.append(one)
}

function label(board, data) {
  board.style.gridTemplateColumns = `repeat(${data.columns}, minmax(0, 1fr))`
  board.setAttribute("aria-label", data.label)
  while (board.children.length > data.count) board.lastChild.remove()
  while (board.children.length < data.count) button(board, board.children.length)
  for (const [k, one] of [...board.children].entries()) {
    one.title = data.names[k]
    one.setAttribute("aria-label", data.names[k])
    one.setAttribute("aria-pressed", String(k === data.selected))
    one.querySelector("span")?.remove()
    if (data.marks[k]) one.append(Object.assign(document.createElement("span"), { textContent: data.marks[k] }))
  }
}

async function paint(board, data) {
  const sheet = new Image()
  sheet.src = data.sheet
  await sheet.decode()
  if (board.sheet !== data.sheet) return // a newer one has come meanwhile
  for (const [k, one] of [...board.children].entries()) {
    const canvas = one.querySelector("canvas")
    if (canvas.width !== data.width || canvas.height !== data.height) {
      canvas.width = data.width
      canvas.height = data.height
    }
    const left = (k % data.columns) * data.width
    const top = Math.floor(k / data.columns) * data.height
    canvas.getContext("2d").drawImage(sheet, left, top, data.width, data.height, 0, 0, data.width, data.height)
  }
  board.dataset.painted = String(Number(board.dataset.painted || 0) + 1)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const board = parentElement.querySelector(".board") ?? build(parentElement)
  board.pick = (index) => setTriggerValue("picked", index)
  label(board, data)
  if (board.sheet !== data.sheet) {
    board.sheet = data.sheet
    paint(board, data)
  }
}
