"""Names of streets: people and days that most Italian towns honour, and field names of Salento."""

from __future__ import annotations

STREETS: tuple[str, ...] = (
    "Roma", "Vittorio Emanuele II", "Umberto I", "Giuseppe Garibaldi", "Giuseppe Mazzini", "Camillo Benso di Cavour", "Dante Alighieri",
    "XXIV Maggio", "Trappeto", "Francesco Petrarca", "Giovanni Boccaccio", "Giacomo Leopardi", "Alessandro Manzoni", "Ugo Foscolo",
    "Giosuè Carducci", "Giovanni Pascoli", "Torquato Tasso", "Ludovico Ariosto", "Vittorio Alfieri", "Giuseppe Parini", "Carlo Goldoni",
    "Giovanni Verga", "Luigi Pirandello", "Grazia Deledda", "Salvatore Quasimodo", "Eugenio Montale", "Giuseppe Ungaretti",
    "Cesare Pavese", "Italo Calvino", "Matilde Serao", "Gabriele D'Annunzio", "Giuseppe Verdi", "Gioachino Rossini", "Giacomo Puccini",
    "Vincenzo Bellini", "Gaetano Donizetti", "Pietro Mascagni", "Antonio Vivaldi", "Tito Schipa", "Leonardo Leo", "Ruggero Leoncavallo",
    "Leonardo da Vinci", "Michelangelo Buonarroti", "Raffaello Sanzio", "Giotto", "Caravaggio", "Tiziano", "Sandro Botticelli",
    "Donatello", "Canaletto", "Masaccio", "Tintoretto", "Amedeo Modigliani", "Galileo Galilei", "Alessandro Volta", "Guglielmo Marconi",
    "Enrico Fermi", "Evangelista Torricelli", "Antonio Meucci", "Luigi Galvani", "Maria Montessori", "Rita Levi Montalcini",
    "Antonio Pacinotti", "Cristoforo Colombo", "Amerigo Vespucci", "Marco Polo", "Giovanni Caboto", "Nazario Sauro", "Cesare Battisti",
    "Enrico Toti", "Francesco Baracca", "Armando Diaz", "Luigi Cadorna", "Martiri di Otranto", "Piave", "Isonzo", "Monte Grappa",
    "Vittorio Veneto", "Trieste", "Trento", "Gorizia", "Bolzano", "Fiume", "Zara", "Milano", "Torino", "Firenze", "Napoli", "Palermo",
    "Bari", "Brindisi", "Taranto", "Foggia", "Otranto", "Gallipoli", "Nardò", "Galatina", "Maglie", "Tricase", "Ugento", "Squinzano",
    "Trepuzzi", "Porto Cesareo", "Santa Maria di Leuca", "San Vito", "Sant'Antonio", "San Francesco d'Assisi", "San Giovanni Bosco",
    "Santa Lucia", "San Giuseppe", "Sant'Oronzo", "San Rocco", "Santa Caterina", "San Donato", "Madonna delle Grazie", "Immacolata",
    "IV Novembre", "XXV Aprile", "I Maggio", "II Giugno", "XX Settembre", "della Libertà", "della Repubblica", "della Costituzione",
    "della Pace", "del Lavoro", "dell'Unità d'Italia", "Europa", "Aldo Moro", "Alcide De Gasperi", "Palmiro Togliatti", "Pietro Nenni",
    "Giuseppe Di Vittorio", "Giacomo Matteotti", "Antonio Gramsci", "Piero Gobetti", "Fratelli Rosselli", "Fratelli Cervi",
    "Sandro Pertini", "Luigi Einaudi", "Ferruccio Parri", "Nilde Iotti", "Tina Anselmi", "Enrico Mattei", "Adriano Olivetti",
    "Carlo Alberto Dalla Chiesa", "Giovanni Falcone", "Paolo Borsellino", "Peppino Impastato", "Don Lorenzo Milani", "Don Luigi Sturzo",
    "Don Tonino Bello", "Papa Giovanni XXIII", "Padre Pio", "Madre Teresa di Calcutta", "Martin Luther King", "Salvo D'Acquisto",
    "Giorgio Perlasca", "Giovanni Amendola", "dei Mille", "degli Eroi", "dei Caduti", "della Vittoria", "del Mare", "del Sole",
    "degli Ulivi", "dei Pini", "delle Rose", "dei Mandorli", "delle Ginestre", "degli Oleandri", "dei Gelsi", "dei Tigli",
    "delle Magnolie", "dei Fichi", "Messapia", "Japigia", "Magna Grecia", "Taras", "Ennio", "Orazio", "Virgilio", "Ovidio", "Cicerone",
    "Seneca", "Lucrezio", "Tacito", "Archita", "Pitagora", "Platone", "Socrate", "Archimede", "Omero", "Bosco", "Castello",
    "del Frantoio", "della Corte", "delle Monache", "del Forno", "Vecchia", "Nuova", "della Chiesa", "dell'Orologio", "del Pozzo",
    "della Cupa", "Cesare Abba", "Santorre di Santarosa", "Silvio Pellico", "Goffredo Mameli", "Nino Bixio", "Carlo Pisacane",
    "Ciro Menotti", "Daniele Manin", "Luigi Settembrini", "Sigismondo Castromediano", "Giuseppe Pisanelli", "Liborio Romano",
    "Antonietta De Pace", "Scipione Ammirato", "Antonio Galateo", "Giulio Cesare Vanini", "Girolamo Comi", "Vittorio Bodini",
    "Rina Durante", "Ernesto De Martino", "Cosimo De Giorgi", "Antonio Gallo", "Pietro Siciliani", "Gaetano Salvemini",
)  # fmt: skip
FIELDS: tuple[str, ...] = (
    "Li Candi", "Macchia", "Li Monti", "Pozzonuovo", "Le Cesine", "Lo Palmento", "Mass. Nuova", "Li Turri", "Specchia", "La Cupa",
    "Cicala", "Chiusa Grande", "Li Paduli", "Sant'Elia", "Le Vigne Vecchie", "Arche", "Trozza", "Li Puzzi", "Termite", "Cardami",
    "Li Ronzi", "Monte Rosso", "Fico d'India", "Calcare", "Carcara", "Olivaro", "Li Conca", "Tufara", "Lama", "Foggia Nuova", "Curti",
    "Spina", "Pezza Lunga", "Cutura", "Scorpo", "Mandorleto", "Lu Bagnu", "Feudo", "La Torre", "Sant'Andrea",
)  # fmt: skip


def street_name(kind: str, number: int) -> str:
    """The name of the n-th street of a kind; after the last name come its side streets, as towns of Salento call them.

    >>> street_name("street", 0), street_name("street", len(STREETS)), street_name("lane", 2 * len(STREETS) + 1)
    ('Via Roma', 'I Traversa Via Roma', 'II Traversa Via Vittorio Emanuele II')
    """
    if kind in ("track", "country"):
        lap, at = divmod(number, len(FIELDS))
        return f"Strada vicinale {FIELDS[at]}" + (f" {_roman(lap + 1)}" if lap else "")
    lap, at = divmod(number, len(STREETS))
    first = {"lane": "Vico" if at % 3 == 0 else "Via", "avenue": "Viale"}.get(kind, "Via")
    return (f"{_roman(lap)} Traversa " if lap else "") + f"{first} {STREETS[at]}"


def _roman(number: int) -> str:
    """A small number in Roman figures.

    >>> [_roman(n) for n in (1, 4, 9, 14)]
    ['I', 'IV', 'IX', 'XIV']
    """
    out = ""
    for value, figure in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        out += figure * (number // value)
        number %= value
    return out
